package org.jacreg.examples.data;

/** The contents of one idx file of unsigned bytes. */
public final class IdxArray {

    private final int[] shape;
    private final byte[] values;
    private final String sha256;

    IdxArray(int[] shape, byte[] values, String sha256) {
        this.shape = shape;
        this.values = values;
        this.sha256 = sha256;
    }

    /**
     * The extent of one dimension.
     *
     * @param dimension 0 for the number of items; 1 and 2 for the height and the width of images
     * @return at least 1
     */
    public int size(int dimension) {
        return shape[dimension];
    }

    /**
     * The values, row-major.
     *
     * @return the array itself, not a copy: it belongs to the holder of this object
     */
    public byte[] values() {
        return values;
    }

    /**
     * The hash of the raw (uncompressed) file.
     *
     * @return SHA-256 in hexadecimal
     */
    public String sha256() {
        return sha256;
    }
}
