/*
 * What the files config….c share: the reader at work, its keys, and how their values are read.
 *
 * Shared inside the folder.
 */
#ifndef HJ_LINT_CONFIG_PARTS_H
#define HJ_LINT_CONFIG_PARTS_H

#include "lint/config.h"
#include "lint/config_rules.h"

typedef struct hj_config_reader {
	const hj_document *document;
	const hj_node *nodes;
	hj_findings *findings;
	hj_config *config;
	hj_config_part *part; /* that is being read */
	hj_pattern_check check;
	void *context;
	bool ok; /* false: memory was out */
} hj_config_reader;

typedef struct hj_config_key {
	const char *name;
	/* False: the value is of the wrong kind, which the caller says. */
	bool (*read)(hj_config_reader *reader, const struct hj_config_key *key, uint32_t value);
	const char *wants; /* what the value has to be */
	int which;         /* for `read` */
	const char *prefix;
	bool everywhere; /* may stand in an entry of "per-file" too */
} hj_config_key;

/* Adds a finding: `before`, the name in quotes, `after`. */
hj_finding *hj__config_report(hj_config_reader *reader, int rule, hj_span span, const char *before,
	hj_slice name, const char *after);
/* Adds a finding about a value; wants: what it has to be. */
void hj__config_misfit(hj_config_reader *reader, hj_slice name, uint32_t value, const char *wants);
/* "did you mean …?", with the edit; nothing when the nearest name is empty. */
void hj__config_suggest(
	hj_config_reader *reader, hj_finding *finding, uint32_t node, hj_slice nearest);
/* The node; of a string what is between its quotes. */
hj_span hj__config_inside(const hj_config_reader *reader, uint32_t node);
hj_slice hj__config_text(hj_config_reader *reader, uint32_t node);

/* Readers of one value, for the tables of keys. */
typedef bool hj_config_read_value(
	hj_config_reader *reader, const hj_config_key *key, uint32_t value);
hj_config_read_value hj__config_rule_list; /* which: the verb */
hj_config_read_value hj__config_severity;
hj_config_read_value hj__config_value;   /* which: the value; prefix: "a|b|c", or any text */
hj_config_read_value hj__config_pattern; /* which: of what */
hj_config_read_value hj__config_known;   /* which: the prefix is part of the name as written */
hj_config_read_value hj__config_extensions;
hj_config_read_value hj__config_globs;

#endif
