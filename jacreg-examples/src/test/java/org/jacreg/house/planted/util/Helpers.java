package org.jacreg.house.planted.util;

/** Lives in a package named util. */
final class Helpers {}
