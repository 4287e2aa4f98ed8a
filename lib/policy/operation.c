#include "policy/operation.h"

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Takes a word off when it is the first of the text; whether more follows is another question. */
static bool skip_word(hj_slice *text, hj_slice word)
{
	if (!hj_slice_starts(*text, word) ||
		(text->size > word.size && !is_blank(text->data[word.size])))
		return false;
	*text = hj_trim(hj_slice_of(text->data + word.size, text->size - word.size));
	return true;
}

bool hj_operation_parse(hj_slice text, hj_operation *out)
{
	hj_operation operation = {.target = hj_trim(text)};
	if (!skip_word(&operation.target, HJ_SLICE("add"))) {
		operation.removes = skip_word(&operation.target, HJ_SLICE("remove"));
		operation.bare = !operation.removes;
	}
	if (operation.target.size == 0)
		return false;
	/* Two words, of which the first is none that we know. Blanks in a placeholder are no end. */
	operation.selector = hj_selector_parse(operation.target);
	if (operation.bare && operation.selector.kind != HJ_SELECT_TEMPLATE)
		for (size_t i = 0; i < operation.target.size; i++)
			if (is_blank(operation.target.data[i]))
				return false;
	*out = operation;
	return true;
}

bool hj_operation_fits(const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_ADDRESS:
	case HJ_SELECT_PREFIX:
	case HJ_SELECT_RANGE:
	case HJ_SELECT_HOST_PREFIX:
	case HJ_SELECT_IPSET:
	case HJ_SELECT_TEMPLATE: return true;
	case HJ_SELECT_AUTOGROUP: return selector->autogroup == HJ_AUTOGROUP_INTERNET;
	default: return false;
	}
}
