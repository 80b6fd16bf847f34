/** The port a host listens on unless told otherwise. */
export const defaultPort = 37_103
