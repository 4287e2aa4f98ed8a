#include "syntax/emit.h"

#include "syntax/string.h"

void hj_emit_init(hj_emit *emit, hj_text *out, unsigned indent)
{
	*emit = (hj_emit){.out = out, .indent = indent};
}

static void new_line(hj_emit *emit)
{
	if (emit->indent == 0)
		return;
	hj_text_byte(emit->out, '\n');
	hj_text_repeat(emit->out, ' ', (size_t)emit->indent * emit->depth);
}

/* What comes before every value: the comma after its elder, its line, its name. */
static void lead(hj_emit *emit, const char *name)
{
	if (emit->depth > 0 && emit->depth <= HJ_EMIT_DEPTH) {
		bool *filled = &emit->filled[emit->depth - 1];
		if (*filled)
			hj_text_byte(emit->out, ',');
		*filled = true;
		new_line(emit);
	}
	if (!name)
		return;
	hj_string_encode(hj_slice_str(name), emit->out);
	hj_text_str(emit->out, emit->indent ? ": " : ":");
}

static void open_container(hj_emit *emit, const char *name, char opening, char closing)
{
	lead(emit, name);
	hj_text_byte(emit->out, opening);
	/* Too deep is the caller's mistake: no bytes at all rather than unbalanced ones. */
	if (emit->depth >= HJ_EMIT_DEPTH) {
		hj_text_free(emit->out);
		emit->out->status = HJ_INVALID;
		return;
	}
	emit->close[emit->depth] = closing;
	emit->filled[emit->depth] = false;
	emit->depth++;
}

void hj_emit_object(hj_emit *emit, const char *name)
{
	open_container(emit, name, '{', '}');
}

void hj_emit_array(hj_emit *emit, const char *name)
{
	open_container(emit, name, '[', ']');
}

void hj_emit_end(hj_emit *emit)
{
	if (emit->depth == 0)
		return;
	emit->depth--;
	if (emit->filled[emit->depth])
		new_line(emit);
	hj_text_byte(emit->out, emit->close[emit->depth]);
}

void hj_emit_string(hj_emit *emit, const char *name, hj_slice value)
{
	lead(emit, name);
	hj_string_encode(value, emit->out);
}

void hj_emit_number(hj_emit *emit, const char *name, uint64_t value)
{
	lead(emit, name);
	hj_text_printf(emit->out, "%llu", (unsigned long long)value);
}

void hj_emit_bool(hj_emit *emit, const char *name, bool value)
{
	lead(emit, name);
	hj_text_str(emit->out, value ? "true" : "false");
}

void hj_emit_null(hj_emit *emit, const char *name)
{
	lead(emit, name);
	hj_text_str(emit->out, "null");
}

void hj_emit_raw(hj_emit *emit, const char *name, hj_slice json)
{
	lead(emit, name);
	hj_text_append(emit->out, json);
}
