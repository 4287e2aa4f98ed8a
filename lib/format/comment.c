#include "base/utf8.h"
#include "format/rewrite.h"

hj_slice hj_trim_end(hj_slice text)
{
	while (text.size) {
		size_t start = text.size - 1;
		while (start && ((unsigned char)text.data[start] & 0xC0) == 0x80)
			start--;
		uint32_t code;
		hj_utf8_decode(text.data + start, text.data + text.size, &code);
		if (!hj_unicode_space(code))
			break;
		text.size = start;
	}
	return text;
}

/* Cuts the next line, without its LF and trailing white space, off the front of *rest. */
static bool next_line(hj_slice *rest, hj_slice *line)
{
	if (!rest->data)
		return false;
	const char *feed = memchr(rest->data, '\n', rest->size);
	size_t size = feed ? (size_t)(feed - rest->data) : rest->size;
	*line = hj_trim_end(hj_slice_of(rest->data, size));
	*rest = feed ? hj_slice_of(feed + 1, rest->size - size - 1) : (hj_slice){0};
	return true;
}

static size_t leading_space(hj_slice text)
{
	size_t i = 0;
	while (i < text.size &&
		(text.data[i] == ' ' || text.data[i] == '\t' || text.data[i] == '\n' ||
			text.data[i] == '\r'))
		i++;
	return i;
}

/* Nothing but white space and the end of the comment? */
static bool is_bare_end(hj_slice line)
{
	return line.size - leading_space(line) == 2 && line.data[line.size - 2] == '*' &&
		line.data[line.size - 1] == '/';
}

struct prefix {
	size_t width; /* bytes that every line after the first loses */
	bool stars;   /* the lines go on with a star: one blank before it */
};

/*
 * The common prefix of the lines after the first, byte for byte. Blank lines have no say, nor has a
 * last line that is nothing but the end of the comment, unless it is the only one.
 */
static struct prefix common_prefix(hj_slice lines)
{
	hj_slice common = {0}, line;
	bool blank = false;
	while (next_line(&lines, &line)) {
		if (line.size == 0) {
			blank = true;
		} else if (common.size == 0) {
			common = line;
		} else if (!is_bare_end(line)) {
			size_t same = 0;
			while (same < common.size && same < line.size &&
				common.data[same] == line.data[same])
				same++;
			/* A line that is the start of the other leaves the prefix as it is. */
			if (same < common.size && same < line.size)
				common.size = same;
			if (common.size == 0)
				return (struct prefix){0}; /* nothing in common */
		}
	}
	size_t width = leading_space(common);
	bool stars = !blank && width < common.size && common.data[width] == '*';
	return (struct prefix){width, stars};
}

void hj_comment_indent(hj_text *out, hj_slice comment, size_t depth)
{
	hj_slice line;
	next_line(&comment, &line);
	hj_text_append(out, line);
	struct prefix prefix = common_prefix(comment);
	while (next_line(&comment, &line)) {
		hj_text_byte(out, '\n');
		if (line.size == 0)
			continue;
		hj_text_repeat(out, '\t', depth);
		if (prefix.stars)
			hj_text_byte(out, ' ');
		/* A bare end has the prefix's width by definition, whatever it has itself. */
		size_t drop = is_bare_end(line) ? line.size - 2 : prefix.width;
		hj_text_append(out, hj_slice_of(line.data + drop, line.size - drop));
	}
}
