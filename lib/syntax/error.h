/*
 * The reference implementation's syntax errors, word for word (specification, section 3).
 */
#ifndef HJ_SYNTAX_ERROR_H
#define HJ_SYNTAX_ERROR_H

#include "syntax/internal.h"

typedef enum hj_error_kind {
	HJ_ERROR_VALUE_END,     /* parsing value: unexpected EOF */
	HJ_ERROR_VALUE_START,   /* invalid character X at start of value */
	HJ_ERROR_COMMENT_END,   /* parsing comment: unexpected EOF */
	HJ_ERROR_COMMENT_UTF8,  /* invalid UTF-8 in comment */
	HJ_ERROR_STRING_END,    /* parsing string: unexpected EOF */
	HJ_ERROR_LITERAL,       /* invalid literal: TOKEN */
	HJ_ERROR_NAME_START,    /* invalid character X at start of object name */
	HJ_ERROR_NAME_END,      /* parsing object after name: unexpected EOF */
	HJ_ERROR_AFTER_NAME,    /* invalid character X after object name */
	HJ_ERROR_MEMBER_END,    /* parsing object after value: unexpected EOF */
	HJ_ERROR_AFTER_MEMBER,  /* invalid character X after object value (expecting ',' or '}') */
	HJ_ERROR_ELEMENT_END,   /* parsing array after value: unexpected EOF */
	HJ_ERROR_AFTER_ELEMENT, /* invalid character X after array value (expecting ',' or ']') */
	HJ_ERROR_AFTER_TOP,     /* invalid character X after top-level value */
} hj_error_kind;

/*
 * Sets the document's error. place.start is where it points; for HJ_ERROR_LITERAL the span is the
 * token. HJ_NO_MEMORY when the text cannot be made.
 */
hj_status hj__document_fail(hj_document *document, hj_error_kind kind, hj_span place);

#endif
