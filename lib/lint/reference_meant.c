#include "base/suggest.h"
#include "lint/reference_parts.h"

/* The defined name that differs from a use by a few letters at most, or NULL. */
const hj_mention *hj__meant_nearest(
	const hj_references *references, const hj_mention *use, size_t *comparisons)
{
	const hj_mentions *definitions = &references->definitions;
	const hj_mention *best = NULL;
	hj_suggest suggest;
	hj_suggest_begin(&suggest, use->name);
	/* A prefix cannot be wrong here: it takes no part in how much may be. */
	size_t prefix = strlen(hj_name_info_of(use->kind)->prefix);
	if (use->name.size <= HJ_SUGGEST_LENGTH && use->name.size > prefix)
		suggest.limit = (unsigned)((use->name.size - prefix) / 3);
	for (size_t i = 0; i < definitions->count; i++) {
		if ((*comparisons)++ >= HJ__MOST_COMPARISONS)
			return NULL;
		const hj_mention *definition = &definitions->items[i];
		if (definition->kind == use->kind &&
			hj_slice_starts(definition->name, hj_slice_of(use->name.data, prefix)) &&
			hj_suggest_offer(&suggest, definition->name))
			best = definition;
	}
	return best;
}

/* The definition of prefix + word, for a word that may lack its prefix. */
const hj_mention *hj__meant_with_prefix(const hj_references *references, hj_slice word)
{
	static const hj_name_kind kinds[] = {HJ_TAG, HJ_GROUP, HJ_IPSET};
	char name[HJ_SUGGEST_LENGTH + 16];
	if (word.size > HJ_SUGGEST_LENGTH)
		return NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		hj_slice prefix = hj_slice_str(hj_name_info_of(kinds[i])->prefix);
		memcpy(name, prefix.data, prefix.size);
		for (size_t j = 0; j < word.size; j++)
			name[prefix.size + j] =
				kinds[i] == HJ_TAG ? hj_fold(word.data[j]) : word.data[j];
		hj_slice whole = hj_slice_of(name, prefix.size + word.size);
		const hj_mention *found = hj_references_find(references, kinds[i], whole);
		if (found)
			return found;
	}
	return NULL;
}

/* A definition that lacks the prefix, or has it with an s: "eng" or "groups:eng" in "groups". */
const hj_mention *hj__meant_unprefixed(const hj_references *references, const hj_mention *use)
{
	const hj_name_info *info = hj_name_info_of(use->kind);
	size_t prefix = strlen(info->prefix);
	char plural[HJ_SUGGEST_LENGTH + 16];
	if (prefix == 0 || use->name.size <= prefix || use->name.size > HJ_SUGGEST_LENGTH)
		return NULL;
	hj_slice rest = hj_slice_of(use->name.data + prefix, use->name.size - prefix);
	const hj_mention *found = hj_references_find(references, use->kind, rest);
	if (found)
		return found;
	memcpy(plural, info->prefix, prefix - 1);
	memcpy(plural + prefix - 1, "s:", 2);
	memcpy(plural + prefix + 1, rest.data, rest.size);
	return hj_references_find(references, use->kind, hj_slice_of(plural, use->name.size + 1));
}

/* For tag:web:443 the definition of tag:web: the port does not belong here. */
const hj_mention *hj__meant_without_port(const hj_references *references, const hj_mention *use)
{
	size_t prefix = strlen(hj_name_info_of(use->kind)->prefix);
	if (use->position->ports || use->name.size <= prefix)
		return NULL;
	hj_slice rest = hj_slice_of(use->name.data + prefix, use->name.size - prefix);
	const char *colon = memchr(rest.data, ':', rest.size);
	if (!colon)
		return NULL;
	hj_slice base = hj_slice_of(use->name.data, (size_t)(colon - use->name.data));
	return hj_references_find(references, use->kind, base);
}
