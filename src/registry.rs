//! The single list of activations, and those of gates and of operations on rows.
//!
//! A line here, a file in `activation/`, and its `mod` and `pub use` are all that a new activation needs in `src/`. The
//! named kernels, the choice between them at run time, [`AnyActivation`](crate::AnyActivation) and the C functions
//! are generated from this list; the tests, benches, fuzz targets and the report go over all that is in it.

/// Calls `$then! { .. }` with one line per activation:
///
/// ```text
/// Type<'lifetime, if any>  canonical_name  [parameter fields]  ["other", "names"];
/// ```
///
/// The canonical name is the kernel's symbol. All names are matched without regard to case,
/// `_`, `-` and spaces, so only names that differ otherwise are listed.
macro_rules! for_each_activation {
    ($then:ident) => {
        $then! {
            Identity        identity         []                  ["linear", "none"];
            Relu            relu             []                  [];
            Relu6           relu6            []                  [];
            LeakyRelu       leaky_relu       [negative_slope]    [];
            Prelu<'a>       prelu            [slope]             ["parametric_relu"];
            Rrelu           rrelu            [lower, upper]      ["randomized_leaky_relu"];
            Threshold       threshold        [threshold, value]  [];
            ThresholdedRelu thresholded_relu [alpha]             [];
            Hardtanh        hardtanh         [min, max]          ["clip", "clamp"];
            Hardsigmoid     hardsigmoid      [alpha, beta]       [];
            Hardswish       hardswish        []                  ["hard_silu"];
            Hardshrink      hardshrink       [lambda]            [];
            Softshrink      softshrink       [lambda]            [];
            Shrink          shrink           [lambda, bias]      [];
            Softsign        softsign         []                  [];
            SparsePlus      sparse_plus      []                  [];
            SparseSigmoid   sparse_sigmoid   []                  [];
            Squareplus      squareplus       [b]                 [];
            ReluSquared     relu_squared     []                  ["relu2", "squared_relu", "relu_sqr"];
            Sigmoid         sigmoid          []                  ["logistic", "expit"];
            LogSigmoid      log_sigmoid      []                  [];
            Silu            silu             []                  [];
            Gelu            gelu             []                  ["gelu_python", "gelu_erf"];
            Gelu10          gelu_10          []                  ["clipped_gelu"];
            GeluTanh        gelu_tanh        []                  ["gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_accurate", "new_gelu", "fast_gelu", "pytorch_gelu_tanh", "accurate_gelu"];
            QuickGelu       quick_gelu       []                  ["gelu_quick"];
            Swish           swish            [beta]              [];
            Elu             elu              [alpha, scale, input_scale] [];
            Selu            selu             [alpha, gamma]      [];
            Celu            celu             [alpha]             [];
            Softplus        softplus         [beta, threshold]   [];
            SqrtSoftplus    sqrt_softplus    []                  [];
            Mish            mish             []                  [];
            Exp             exp              []                  ["exponential"];
            Expm1           expm1            []                  [];
            Sin             sin              []                  ["sine"];
            Snake<'a>       snake            [alpha, beta]       ["snake_beta", "snake1d"];
            Tanh            tanh             []                  [];
            Erf             erf              []                  [];
            Laplace         laplace          [mu, sigma]         [];
            Softcap         softcap          [cap]               ["logit_softcap"];
            Tanhshrink      tanhshrink       []                  [];
            Xielu           xielu            [alpha_p, alpha_n, beta, eps] [];
        }
    };
}
pub(crate) use for_each_activation;

/// Calls `$then! { .. }` with one line per gate that has a name of its own:
///
/// ```text
/// Type  canonical_name  [parameter fields]  ["other", "names"];
/// ```
macro_rules! for_each_gate {
    ($then:ident) => {
        $then! {
            Glu           glu            []                              [];
            Swiglu        swiglu         [alpha]                         ["silu_and_mul", "mul_and_silu"];
            ClampedSwiglu clamped_swiglu [limit, alpha, offset, place]   ["swiglu_oai", "swigluoai_and_mul", "swigluoai_uninterleave"];
            Geglu         geglu          []                              ["geglu_erf", "gelu_and_mul"];
            GegluTanh     geglu_tanh     []                              ["gelu_tanh_and_mul"];
            GegluQuick    geglu_quick    []                              ["quick_geglu"];
            Reglu         reglu          []                              [];
            FatReglu      fatreglu       [threshold]                     ["fatrelu_and_mul"];
        }
    };
}
pub(crate) use for_each_gate;

/// Calls `$then! { .. }` with one line per operation on rows:
///
/// ```text
/// Type<'lifetime, if any>  canonical_name  [parameter fields]  ["other", "names"];
/// ```
macro_rules! for_each_row_activation {
    ($then:ident) => {
        $then! {
            Softmax<'a>     softmax      [scale, softcap]  [];
            LogSoftmax<'a>  log_softmax  [scale, softcap]  [];
            Softmin<'a>     softmin      [scale, softcap]  [];
            Hardmax         hardmax      []                [];
        }
    };
}
pub(crate) use for_each_row_activation;

/// Calls `$then! { module, attribute, token; .. }` for each instruction set that the target may have, with the name of
/// its module, the attribute that selects its instructions, and pulp's token for them; after the word `streaming`
/// for those that have stores past the cache:
///
/// ```text
/// for_each_isa! { kernels! a b }
/// kernels! { scalar, doc = "..", pulp::Scalar; a b }
/// kernels! { avx2, target_feature(enable = "avx2,fma,f16c"), pulp::x86::V3::new_unchecked(); a b } // on x86-64
/// ```
macro_rules! for_each_isa {
    (streaming $then:ident! $($rest:tt)*) => {
        #[cfg(target_arch = "x86_64")]
        $then! { avx2, target_feature(enable = "avx2,fma,f16c"),
            pulp::x86::V3::new_unchecked(); $($rest)* }

        #[cfg(target_arch = "x86_64")]
        $then! { avx512,
            target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,fma"),
            pulp::x86::V4::new_unchecked(); $($rest)* }
    };
    (vectors $then:ident! $($rest:tt)*) => {
        #[cfg(target_arch = "aarch64")]
        $then! { neon, target_feature(enable = "neon"),
            pulp::aarch64::Neon::new_unchecked(); $($rest)* }

        for_each_isa! { streaming $then! $($rest)* }
    };
    ($then:ident! $($rest:tt)*) => {
        $then! { scalar, doc = "(The target's baseline.)",
            pulp::Scalar; $($rest)* }

        for_each_isa! { vectors $then! $($rest)* }
    };
}
pub(crate) use for_each_isa;
