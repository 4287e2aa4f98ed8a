#include "base/quote.h"

#include "base/utf8.h"

void hj_quote_append(hj_text *out, hj_slice text)
{
	static const char letters[] = "abtnvfr"; /* of bytes 7 to 13 */
	hj_text_byte(out, '"');
	for (size_t i = 0; i < text.size;) {
		const char *at = text.data + i;
		uint32_t code;
		int size = hj_utf8_decode(at, text.data + text.size, &code);
		unsigned byte = (unsigned char)*at;
		if (size == 0)
			hj_text_printf(out, "\\x%02x", byte);
		else if (code == '"' || code == '\\')
			hj_text_printf(out, "\\%c", (int)byte);
		else if (code >= 7 && code <= 13)
			hj_text_printf(out, "\\%c", letters[code - 7]);
		else if (hj_unicode_printable(code))
			hj_text_append(out, hj_slice_of(at, (size_t)size));
		else if (code < 0x20 || code == 0x7F)
			hj_text_printf(out, "\\x%02x", byte);
		else
			hj_text_printf(out, code <= 0xFFFF ? "\\u%04x" : "\\U%08x", (unsigned)code);
		i += size ? (size_t)size : 1;
	}
	hj_text_byte(out, '"');
}
