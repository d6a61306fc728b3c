package org.jacreg.examples.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

public final class StudyPage {
    private final StudyResult result;
    public StudyPage(StudyResult result) { this.result = result; }
    public Map<String, List<List<String>>> sections() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("run", "cpu s", "final", "train acc", "test acc", "train loss", "test loss", "linf acc", "linf test", "linf loss", "test", "F", "l11"));
        for (StudyRun r : result.runs()) {
            var k = r.risks();
            rows.add(List.of(r.cell().fileName(), f(r.seconds()), f(r.finalLoss()), f(k.accuracy().train()), f(k.accuracy().test()), f(k.loss().train()), f(k.loss().test()),
            f(k.linfAccuracy().train()), f(k.linfAccuracy().test()), f(k.linfLoss().train()), f(k.linfLoss().test()), f(k.frobenius().train()), f(k.l11().train())));
        }
        Map<String, List<List<String>>> m = new LinkedHashMap<>();
        m.put("runs", rows);
        return m;
    }
    static String f(double d) { return String.format(Locale.ROOT, "%.3f", d); }
    public void write(Path page) throws IOException {}
}
