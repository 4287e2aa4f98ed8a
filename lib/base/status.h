/*
 * What can go wrong, as one small set of codes.
 *
 * Every function of the library that can fail returns an hj_status; HJ_OK is zero, so
 * `if (status)` reads "if it failed". The library never prints, exits or aborts.
 * Faults in a document are not statuses: they are findings (syntax/finding.h).
 */
#ifndef HJ_BASE_STATUS_H
#define HJ_BASE_STATUS_H

/* Marks what the shared library exports; everything else is hidden. */
#if defined(__GNUC__)
#define HJ_API __attribute__((visibility("default")))
#else
#define HJ_API
#endif

typedef enum hj_status {
	HJ_OK = 0,
	HJ_NO_MEMORY, /* an allocation was refused; nothing was changed */
	HJ_TOO_LARGE, /* a document over 4 GiB - 1, or an output over its stated bound */
	HJ_SYNTAX,    /* a document that does not parse, where parsing is a precondition */
	HJ_NOT_FOUND, /* a pointer that names nothing */
	HJ_INVALID,   /* a malformed argument: a pointer, a patch, an edit that overlaps another */
	HJ_IO,        /* the operating system refused; errno says why */
} hj_status;

/* A short lower-case phrase, never NULL, valid for ever: "out of memory". */
HJ_API const char *hj_status_text(hj_status status);

#endif
