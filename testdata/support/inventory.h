/*
 * An inventory in a test, from a text. No text, no inventory.
 *
 *     struct known known = known_open(rule->inventory);
 *     … known.inventory …
 *     known_close(&known);
 *
 * What is wrong with the text ends the test's process.
 */
#ifndef TESTDATA_SUPPORT_INVENTORY_H
#define TESTDATA_SUPPORT_INVENTORY_H

#include "engine/inventory.h"

#include <stdlib.h>

struct known {
	const hj_inventory *inventory; /* NULL: there was no text */
	hj_inventory *bound;
	hj_source *source;
	hj_document *document;
};

static inline void known_must(bool good)
{
	if (!good)
		abort();
}

static inline struct known known_open(const char *text)
{
	struct known known = {0};
	hj_findings findings;
	if (!text)
		return known;
	known.bound = malloc(sizeof *known.bound);
	known_must(known.bound != NULL);
	known_must(!hj_source_copy(NULL, NULL, hj_slice_str(text), &known.source));
	known_must(!hj_parse(known.source, 0, &known.document));
	known_must(!hj_document_error(known.document));
	hj_findings_init(&findings, NULL);
	known_must(!hj_inventory_bind(known.document, NULL, &findings, known.bound));
	known_must(findings.count == 0);
	hj_findings_free(&findings);
	known.inventory = known.bound;
	return known;
}

static inline void known_close(struct known *known)
{
	if (known->inventory)
		hj_inventory_free(known->bound);
	free(known->bound);
	hj_document_free(known->document);
	hj_source_free(known->source);
}

#endif
