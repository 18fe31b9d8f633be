/* What every.c checks of 8-bit elements. It is a part of every.c, in a file of its own. */

static void expect_bytes(const char *what, const uint8_t *y, const uint8_t *expected, size_t n) {
    if (memcmp(y, expected, n) != 0) {
        fail(what, "gave other bytes");
    }
}

static void check_bytes(void) {
    /* sigmoid of 0.1 * (x - 128) in units of 1/256. */
    const uint8_t some[5] = {0, 118, 128, 138, 255}, results[5] = {0, 69, 128, 187, 255};
    /* tanh of 0.05 * x in units of 1/128, of -128, -1, 0, 1 and 127 as bytes. */
    const uint8_t signed_bytes[5] = {128, 255, 0, 1, 127}, signed_results[5] = {128, 250, 0, 6, 127};
    const uint8_t logits[3] = {10, 10, 0}, shares[3] = {128, 128, 0};
    const int8_t signed_logits[2] = {5, 5}, signed_shares[2] = {0, 0};
    uint8_t table[256], y[256];
    int8_t signed_table[256], signed_y[2];

    expect("table_u8", activations_table_u8("sigmoid", 0.1f, 128, 1.0f / 256, 0, table), ACTIVATIONS_STATUS_OK);
    expect("apply_table", activations_apply_table(table, some, y, 5), ACTIVATIONS_STATUS_OK);
    expect_bytes("apply_table", y, results, 5);
    memcpy(y, some, 5);
    expect("apply_table", activations_apply_table(table, y, y, 5), ACTIVATIONS_STATUS_OK);
    expect_bytes("apply_table in place", y, results, 5);

    expect("table_i8", activations_table_i8("tanh", 0.05f, 0, 1.0f / 128, 0, signed_table), ACTIVATIONS_STATUS_OK);
    expect("apply_table", activations_apply_table((const uint8_t *)signed_table, signed_bytes, y, 5), ACTIVATIONS_STATUS_OK);
    expect_bytes("apply_table, signed", y, signed_results, 5);

    expect("softmax_u8", activations_softmax_u8(logits, y, 1, 3, 1, 5.0f, 1.0f / 256, 0), ACTIVATIONS_STATUS_OK);
    expect_bytes("softmax_u8", y, shares, 3);
    expect("softmax_i8", activations_softmax_i8(signed_logits, signed_y, 1, 2, 1, 1.0f, 1.0f / 256, -128),
           ACTIVATIONS_STATUS_OK);
    if (memcmp(signed_y, signed_shares, 2) != 0) {
        fail("softmax_i8", "gave other bytes");
    }

    memcpy(y, some, 5);
    expect("scale", activations_table_u8("relu", 0, 0, 1, 0, y), ACTIVATIONS_STATUS_PARAMETER);
    expect("zero point", activations_table_u8("relu", 1, 256, 1, 0, y), ACTIVATIONS_STATUS_PARAMETER);
    expect("zero point", activations_table_i8("relu", 1, 128, 1, 0, signed_table), ACTIVATIONS_STATUS_PARAMETER);
    expect("name", activations_table_u8("no such thing", 1, 0, 1, 0, y), ACTIVATIONS_STATUS_NAME);
    expect("name", activations_table_u8(NULL, 1, 0, 1, 0, y), ACTIVATIONS_STATUS_NULL);
    expect("table", activations_table_u8("relu", 1, 0, 1, 0, NULL), ACTIVATIONS_STATUS_NULL);
    expect("table", activations_apply_table(NULL, some, y, 5), ACTIVATIONS_STATUS_NULL);
    expect("table", activations_apply_table(table, some, table + 250, 6), ACTIVATIONS_STATUS_OVERLAP);
    expect("bytes", activations_apply_table(table, y + 1, y, 5), ACTIVATIONS_STATUS_OVERLAP);
    expect("bytes", activations_apply_table(table, NULL, y, 5), ACTIVATIONS_STATUS_NULL);
    expect("no bytes", activations_apply_table(table, NULL, NULL, 0), ACTIVATIONS_STATUS_OK);
    expect("scale", activations_softmax_u8(logits, y, 1, 3, 1, -1, 1, 0), ACTIVATIONS_STATUS_PARAMETER);
    expect("no logits", activations_softmax_i8(NULL, signed_y, 1, 2, 1, 1, 1, 0), ACTIVATIONS_STATUS_NULL);
    expect("no rows", activations_softmax_u8(NULL, NULL, 0, 3, 1, 1, 1, 0), ACTIVATIONS_STATUS_OK);
    expect_bytes("a refusal", y, some, 5);
}
