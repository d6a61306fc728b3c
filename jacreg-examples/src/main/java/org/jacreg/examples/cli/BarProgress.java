package org.jacreg.examples.cli;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jspecify.annotations.Nullable;

/** One bar a stage on the terminal's standard error, replaced by a line when the stage has ended. */
final class BarProgress implements ExperimentListener {

    private static final int UPDATE_MILLIS = 200;

    private final LineProgress lines;
    private @Nullable ProgressBar bar;

    BarProgress(PrintWriter err) {
        this.lines = new LineProgress(err);
    }

    @Override
    public void stage(String name, long steps) {
        lines.stage(name, steps);
        bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .clearDisplayOnFinish()
                .build();
    }

    @Override
    public void progress(long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    @Override
    public void done(String summary) {
        if (bar != null) {
            bar.close();
            bar = null;
        }
        lines.done(summary);
    }
}
