package org.jacreg.examples.data;

import java.io.IOException;

/** A file that was to hold idx data and does not. The message names the file, what came and what was wanted. */
public final class IdxFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String file;

    /**
     * Makes the exception.
     *
     * @param file the name of the file
     * @param problem what came and what was wanted
     */
    public IdxFormatException(String file, String problem) {
        super(file + ": " + problem);
        this.file = file;
    }

    /**
     * Makes the exception for a lower-level one.
     *
     * @param file the name of the file
     * @param problem what came and what was wanted
     * @param cause what the decoder reported
     */
    public IdxFormatException(String file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
        this.file = file;
    }

    /**
     * The file at fault.
     *
     * @return its name as it stands in the message
     */
    public String file() {
        return file;
    }
}
