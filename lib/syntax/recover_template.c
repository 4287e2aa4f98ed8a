#include "syntax/recover.h"

#include "syntax/scan.h"

/* The end of `open`…`close` on one line, brackets of the same kind inside counted. */
static const char *enclosed(const char *at, const char *end, char open, char close)
{
	int depth = 0;
	for (const char *stop = at; stop < end && stop - at < HJ__LOOK_AHEAD && *stop != '\n';
		stop++) {
		if (*stop == open)
			depth++;
		else if (*stop == close && --depth == 0)
			return stop + 1;
	}
	return NULL;
}

/* %NAME%, of Windows. */
static const char *percent_end(const char *at, const char *end)
{
	enum { LONGEST = 64 };
	const char *stop = at + 1;
	while (stop < end && stop - at < LONGEST &&
		(hj_byte_is(*stop, HJ_BYTE_LITERAL) || *stop == '_'))
		stop++;
	return stop < end && *stop == '%' ? stop + 1 : NULL;
}

const char *hj__template_end(const char *at, const char *end)
{
	if (end - at < 3)
		return NULL;
	if (*at == '$' && at[1] == '{')
		return enclosed(at + 1, end, '{', '}');
	if (*at == '$' && at[1] == '(')
		return enclosed(at + 1, end, '(', ')');
	if (*at == '<' && at[1] != '<' && at[1] != '=' && at[1] != '!')
		return enclosed(at, end, '<', '>');
	if (*at == '%' && hj_byte_is(at[1], HJ_BYTE_LITERAL))
		return percent_end(at, end);
	if (*at != '{')
		return NULL;
	if (at[1] == '%' || at[1] == '#')
		return enclosed(at, end, '{', '}');
	if (at[1] != '{')
		return NULL;
	/* Two braces are a template unless what follows could be an object in an object. */
	const char *inner = hj__skip_blanks(at + 2, end);
	if (inner == end || strchr("\n\r{}[]\"'/", *inner))
		return NULL;
	const char *stop = enclosed(at, end, '{', '}');
	return stop && stop[-2] == '}' ? stop : NULL;
}

void hj__report_template(hj__recovery *r, const char *start, const char *end)
{
	hj_slice shown = hj__shown(start, end);
	hj_finding *finding = HJ__REPORT(r, HJ_S_TEMPLATE, hj__span(r, start, end),
		"the placeholder %.*s was not filled in", HJ_SLICE_ARGS(shown));
	hj_finding_help(hj__list(r), finding,
		"put the value in its place; a template is checked after it was filled in");
}
