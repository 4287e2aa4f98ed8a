/*
 * One mistake, one finding: into a policy without fault (testdata/mistakes/whole.hujson) one mistake
 * is put after the other, at every field of every entry, and no second finding tells of it.
 */
#include "lint/lint.h"

#include "testdata/support/document.h"
#include "testdata/support/golden.h"

enum mistake { MISSPELT, WRONG_TYPE, EMPTY_OBJECT, NULL_VALUE, MISTAKES };

/* No name that the author chose: another one is no mistake there. */
static bool is_field(hj_slice name)
{
	for (size_t i = 0; i < name.size; i++)
		if (strchr(":/.0123456789", name.data[i]))
			return false;
	return name.size > 1;
}

/* The text with a mistake at one member. False: it is none there. */
static bool spoil(const hj_document *document, uint32_t name, enum mistake mistake, hj_text *out)
{
	const hj_node *nodes = hj_document_nodes(document);
	const hj_source *source = hj_document_source(document);
	uint32_t value = nodes[name].next;
	bool object = hj_node_kind(&nodes[value]) == HJ_OBJECT;
	bool number = hj_node_kind(&nodes[value]) == HJ_NUMBER;
	hj_span span = hj_node_span(&nodes[mistake == MISSPELT ? name : value]);
	hj_text_clear(out);
	hj_text_append(out, hj_slice_of(source->data, span.start));
	switch (mistake) {
	case MISSPELT:
		hj_text_append(out, hj_slice_of(source->data + span.start, 2));
		hj_text_append(
			out, hj_slice_of(source->data + span.start + 1, span.end - span.start - 1));
		break;
	case WRONG_TYPE: hj_text_str(out, number ? "\"x\"" : "6"); break;
	case EMPTY_OBJECT: hj_text_str(out, "{}"); break;
	default: hj_text_str(out, "null");
	}
	hj_text_append(out, hj_slice_of(source->data + span.end, source->size - span.end));
	return mistake != EMPTY_OBJECT || !object;
}

/* How many findings there are; those of one rule in the same words are one. */
static size_t count_findings(hj_slice text, hj_text *words)
{
	hj_document *document = document_of(text);
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	cr_assert_eq(hj_lint(document, NULL, &findings), HJ_OK);
	size_t count = 0;
	hj_text_clear(words);
	for (size_t i = 0; i < findings.count; i++) {
		const hj_finding *finding = &findings.items[i];
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again = again ||
				hj_slice_equal(findings.items[k].message, finding->message);
		count += !again;
		hj_text_printf(words, "\n  %.*s [%s]", HJ_SLICE_ARGS(finding->message),
			finding->rule->name);
	}
	hj_findings_free(&findings);
	document_free(document);
	return count;
}

Test(cascade, one_mistake_is_one_finding)
{
	hj_text whole, spoilt, words;
	hj_text *const texts[] = {&whole, &spoilt, &words};
	for (size_t i = 0; i < 3; i++)
		hj_text_init(texts[i], NULL);
	cr_assert(golden_read("testdata/mistakes/whole.hujson", &whole));
	cr_assert_eq(
		count_findings(hj_text_slice(&whole), &words), 0, "%s", hj_text_string(&words));
	hj_document *document = document_of(hj_text_slice(&whole));
	const hj_node *nodes = hj_document_nodes(document);
	unsigned made = 0, found = 0;
	for (uint32_t object = 0; object < hj_document_count(document); object++) {
		if (hj_node_kind(&nodes[object]) != HJ_OBJECT)
			continue;
		for (uint32_t at = hj_node_first(object); at < nodes[object].next;
			at = nodes[nodes[at].next].next) {
			hj_slice name = hj_source_slice(hj_document_source(document),
				(hj_span){nodes[at].start + 1, nodes[at].end - 1});
			for (int mistake = is_field(name) ? MISSPELT : WRONG_TYPE;
				mistake < MISTAKES; mistake++) {
				if (!spoil(document, at, (enum mistake)mistake, &spoilt))
					continue;
				size_t count = count_findings(hj_text_slice(&spoilt), &words);
				cr_expect_leq(count, 1, "\"%.*s\", mistake %d:%s",
					HJ_SLICE_ARGS(name), mistake, hj_text_string(&words));
				made++;
				found += count == 1;
			}
		}
	}
	/* DERP maps take any field; "via" and some others may be null; an empty "app" says nothing. */
	cr_expect_geq(found * 10, made * 8, "%u of %u", found, made);
	cr_expect_geq(made, 200, "%u", made);
	document_free(document);
	for (size_t i = 0; i < 3; i++)
		hj_text_free(texts[i]);
}
