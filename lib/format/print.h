/*
 * Printers: a document in one of the styles, as tokens and regions to an output.
 */
#ifndef HJ_FORMAT_PRINT_H
#define HJ_FORMAT_PRINT_H

#include "format/output.h"

/* The canonical form. marks are hj_layout's. Failures end in output->status. */
void hj_print_canonical(const hj_document *document, const unsigned char *marks, hj_output *output);
/* Every gap empty, no trailing commas. */
void hj_print_minimized(const hj_document *document, hj_output *output);
/* Comments and trailing commas blanked. */
void hj_print_standard(const hj_document *document, hj_output *output);

#endif
