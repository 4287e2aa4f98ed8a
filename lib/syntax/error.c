#include "syntax/error.h"

#include "base/utf8.h"

/* One row a kind: the words before and after the rendered character; no `after`, no character. */
static const struct phrase {
	const char *before, *after;
} phrases[] = {
	[HJ_ERROR_VALUE_END] = {"parsing value: unexpected EOF", NULL},
	[HJ_ERROR_VALUE_START] = {"invalid character ", " at start of value"},
	[HJ_ERROR_COMMENT_END] = {"parsing comment: unexpected EOF", NULL},
	[HJ_ERROR_COMMENT_UTF8] = {"invalid UTF-8 in comment", NULL},
	[HJ_ERROR_STRING_END] = {"parsing string: unexpected EOF", NULL},
	[HJ_ERROR_LITERAL] = {"invalid literal: ", NULL},
	[HJ_ERROR_NAME_START] = {"invalid character ", " at start of object name"},
	[HJ_ERROR_NAME_END] = {"parsing object after name: unexpected EOF", NULL},
	[HJ_ERROR_AFTER_NAME] = {"invalid character ", " after object name"},
	[HJ_ERROR_MEMBER_END] = {"parsing object after value: unexpected EOF", NULL},
	[HJ_ERROR_AFTER_MEMBER] = {"invalid character ",
		" after object value (expecting ',' or '}')"},
	[HJ_ERROR_ELEMENT_END] = {"parsing array after value: unexpected EOF", NULL},
	[HJ_ERROR_AFTER_ELEMENT] = {"invalid character ",
		" after array value (expecting ',' or ']')"},
	[HJ_ERROR_AFTER_TOP] = {"invalid character ", " after top-level value"},
};

/* A character as the messages show it, specification section 3.4. */
static void render(hj_text *out, const char *at, const char *end)
{
	uint32_t code;
	int size = hj_utf8_decode(at, end, &code);
	if (size == 0)
		hj_text_printf(out, "'\\x%02x'", (unsigned char)*at);
	else if (code == '\'' || code == '\\')
		hj_text_printf(out, "'\\%c'", (int)code);
	else if (hj_unicode_printable(code))
		hj_text_printf(out, "'%.*s'", size, at);
	else if (code <= 0xFFFF)
		hj_text_printf(out, "'\\u%04x'", code);
	else
		hj_text_printf(out, "'\\U%08x'", code);
}

hj_status hj__document_fail(hj_document *document, hj_error_kind kind, hj_span place)
{
	const char *data = document->source->data, *end = data + document->source->size;
	hj_place at = hj_source_place(document->source, place.start, HJ_BYTES);
	hj_text *text = &document->error_text;
	hj_text_clear(text);
	hj_text_printf(text, "hujson: line %u, column %u: ", at.line, at.column);
	hj_text_str(text, phrases[kind].before);
	if (phrases[kind].after) {
		render(text, data + place.start, end);
		hj_text_str(text, phrases[kind].after);
	} else if (kind == HJ_ERROR_LITERAL) {
		hj_text_append(text, hj_source_slice(document->source, place));
	}
	if (text->status)
		return text->status;
	document->broken = true;
	document->error = (hj_syntax_error){hj_text_slice(text), place.start};
	return HJ_OK;
}
