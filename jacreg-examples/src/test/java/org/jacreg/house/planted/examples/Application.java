package org.jacreg.house.planted.examples;

/** What no library may know. */
public final class Application {}
