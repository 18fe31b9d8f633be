use super::*;

fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend([version, 0]);
    let len = header.len() as u32;
    let len_bytes = if version == 1 { 2 } else { 4 };
    bytes.extend(&len.to_le_bytes()[..len_bytes]);
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}   \n")
}

fn error(bytes: &[u8]) -> InputError {
    parse(Format::Npy, bytes).unwrap_err()
}

#[test]
fn raw_round_trips_with_every_bit() {
    let bytes: Vec<u8> = [0, 0x8000_0000, 1, 0x7fa0_0001, 0xff80_0000u32]
        .iter()
        .flat_map(|bits| bits.to_le_bytes())
        .collect();
    let array = parse(Format::Raw, &bytes).unwrap();
    assert_eq!(array.values.len(), 5);
    assert_eq!(array.to_bytes(), bytes);
    assert_eq!(parse(Format::Raw, &[]).unwrap().to_bytes(), []);
}

#[test]
fn npy_round_trips_in_every_shape_version_and_order() {
    for (shape, elements) in [
        ("()", 1),
        ("(0,)", 0),
        ("(3, 0, 18446744073709551615)", 0),
        ("(5,)", 5),
        ("(2, 3, 4)", 24),
        ("( 2 ,3L,)", 6),
    ] {
        let data: Vec<u8> = (0..elements)
            .flat_map(|i| (i as f32 - 2.5).to_le_bytes())
            .collect();
        for version in [1, 2, 3] {
            for header in [
                header("'<f4'", shape),
                header("\"f4\"", shape).replace("False", "True"),
                format!("{{'shape':{shape},'fortran_order':True,'descr':'<f4'}}"),
            ] {
                let bytes = npy(version, &header, &data);
                let array = parse(Format::Npy, &bytes).unwrap();
                assert_eq!(array.values.len(), elements, "{header}");
                assert_eq!(array.values.first(), (elements > 0).then_some(&-2.5));
                assert_eq!(array.to_bytes(), bytes);
            }
        }
    }
}

#[test]
fn each_fault_has_its_error() {
    let good = npy(1, &header("'<f4'", "(2,)"), &[0; 8]);
    assert!(parse(Format::Npy, &good).is_ok());

    assert_eq!(parse(Format::Raw, &[0; 7]), Err(InputError::RawLength(7)));
    assert_eq!(parse(Format::Raw, &good), Err(InputError::RawIsNpy));
    assert_eq!(error(b"PK\x03\x04"), InputError::NoNpy);
    assert_eq!(error(&[]), InputError::NoNpy);
    assert_eq!(error(&npy(4, "", &[])), InputError::Version(4, 0));
    for len in MAGIC.len()..good.len() - 8 {
        assert_eq!(error(&good[..len]), InputError::HeaderTruncated, "{len}");
    }
    let overlong = [&good[..], &[0]].concat();
    for (bytes, found) in [(&good[..good.len() - 1], 7), (&overlong, 9)] {
        let shape = vec![2];
        let wanted = Some(8);
        let expected = InputError::DataLength {
            shape,
            wanted,
            found,
        };
        assert_eq!(error(bytes), expected);
    }
}

#[test]
fn other_types_are_named() {
    for (descr, named) in [
        ("'>f4'", "'>f4'"),
        ("'<f8'", "'<f8'"),
        ("'|O'", "'|O'"),
        ("[('a', '<f4'), ('b', '<i2')]", "[('a', "),
    ] {
        let error = error(&npy(1, &header(descr, "(2,)"), &[0; 8])).to_string();
        assert!(error.contains(named), "{error}");
        assert!(error.contains("'<f4'"), "{error}");
    }
}

#[test]
fn no_shape_makes_it_count_too_far() {
    for shape in ["(9223372036854775807, 9)", "(4611686018427387904,)"] {
        let InputError::DataLength { wanted, .. } =
            error(&npy(1, &header("'<f4'", shape), &[0; 4]))
        else {
            panic!("{shape} was taken");
        };
        assert_eq!(wanted, None);
    }
    let long = npy(2, &header("'<f4'", "(1,)"), &[]);
    let mut claims_4_gib = long;
    claims_4_gib[8..12].fill(0xff);
    assert_eq!(error(&claims_4_gib), InputError::HeaderTruncated);
}

#[test]
fn other_headers_are_refused() {
    let nested = "(".repeat(60_000);
    for text in [
        "",
        "{}",
        "{'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'shape': ()}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': ()}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551616,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
        &nested,
    ] {
        assert_eq!(error(&npy(1, text, &[0; 4])), InputError::Header, "{text}");
    }
}
