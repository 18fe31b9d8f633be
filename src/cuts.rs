//! Where a tensor may be cut into parts that are worked on separately.

/// Where a tensor may be cut so that each part, taken for a tensor of its own, gets the same results:
/// with what [`Formula::part`](crate::Formula::part) or [`RowFormula::part`](crate::RowFormula::part)
/// returns for it.
///
/// For threads of your own. The feature `parallel` cuts by the same rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cuts {
    /// Anywhere.
    Anywhere,
    /// At multiples of `period`, and a stretch inside of one period at multiples of `step`. Inside of
    /// one step anywhere.
    Periods {
        /// After which everything repeats.
        period: usize,
        /// What has one parameter; `None` where a period may not be cut.
        step: Option<usize>,
    },
    /// Nowhere.
    Nowhere,
}

impl Cuts {
    /// Where to cut a stretch of `len` in two, as near before its middle as may be; `None` where it may not be
    /// cut. The stretch is the whole, or one of the halves of a cut made so. Where any place will do, it is
    /// `grain`, or a multiple of it, from the start; 0 counts as 1.
    #[must_use]
    pub fn middle(self, len: usize, grain: usize) -> Option<usize> {
        let multiple_of = |unit: usize| {
            let units = (len / 2).checked_div(unit).unwrap_or(len / 2);
            let at = units.max(1).checked_mul(unit.max(1))?;
            (at < len).then_some(at)
        };
        match self {
            Self::Nowhere => None,
            Self::Periods { period, .. } if len > period => multiple_of(period),
            Self::Periods { step: None, .. } => None,
            Self::Periods {
                step: Some(step), ..
            } if len > step => multiple_of(step),
            Self::Anywhere | Self::Periods { .. } => multiple_of(grain),
        }
    }

    /// Where both allow a cut, as far as that can be said.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Anywhere, cuts) | (cuts, Self::Anywhere) => cuts,
            (one, other) if one == other => one,
            _ => Self::Nowhere,
        }
    }

    /// How many of the `len` elements from `start` on of a whole an activation can be [told](crate::Formula::part) to be a
    /// tensor: a stretch, or one element, which may always be seen by itself.
    pub(crate) fn block(self, start: usize, len: usize) -> usize {
        match self {
            Self::Nowhere => 1,
            cuts => cuts.stretch(start, len),
        }
    }

    /// How many of the `len` elements from `start` on of a whole are a stretch that may be cut out of it; where it may
    /// not be cut at all, all of them.
    pub(crate) fn stretch(self, start: usize, len: usize) -> usize {
        let Self::Periods {
            period,
            step: Some(step),
        } = self
        else {
            return len;
        };
        let behind_period = start % period;
        if behind_period == 0 && len >= period {
            return len - len % period;
        }
        let behind_step = start % step;
        if behind_step == 0 && len >= step {
            (len - len % step).min(period - behind_period)
        } else {
            len.min(step - behind_step)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_where_the_rule_allows() {
        assert_eq!(Cuts::Anywhere.middle(100, 16), Some(48));
        assert_eq!(Cuts::Anywhere.middle(17, 16), Some(16));
        assert_eq!(Cuts::Anywhere.middle(16, 16), None);
        assert_eq!(Cuts::Anywhere.middle(0, 16), None);
        let channels = Cuts::Periods {
            period: 60,
            step: Some(20),
        };
        assert_eq!(channels.middle(180, 16), Some(60));
        assert_eq!(channels.middle(61, 16), Some(60));
        assert_eq!(channels.middle(60, 16), Some(20));
        assert_eq!(channels.middle(40, 16), Some(20));
        assert_eq!(channels.middle(20, 16), Some(16));
        let whole = Cuts::Periods {
            period: 60,
            step: None,
        };
        assert_eq!(whole.middle(240, 16), Some(120));
        assert_eq!(whole.middle(60, 16), None);
        assert_eq!(Cuts::Nowhere.middle(1000, 1), None);
        assert_eq!(Cuts::Anywhere.middle(3, 0), Some(1));
        assert_eq!(Cuts::Anywhere.middle(3, usize::MAX), None);
    }

    #[test]
    fn both_allow_what_each_allows() {
        let periods = |period| Cuts::Periods {
            period,
            step: Some(2),
        };
        assert_eq!(Cuts::Anywhere.and(periods(6)), periods(6));
        assert_eq!(periods(6).and(Cuts::Anywhere), periods(6));
        assert_eq!(periods(6).and(periods(6)), periods(6));
        assert_eq!(periods(6).and(periods(4)), Cuts::Nowhere);
        assert_eq!(Cuts::Anywhere.and(Cuts::Nowhere), Cuts::Nowhere);
    }

    #[test]
    fn stretches_are_as_long_as_the_rule_allows() {
        let channels = Cuts::Periods {
            period: 60,
            step: Some(20),
        };
        // Whole periods from the start of one; whole steps, to its end; the rest of a step.
        assert_eq!(channels.stretch(0, 130), 120);
        assert_eq!(channels.stretch(120, 59), 40);
        assert_eq!(channels.stretch(20, 130), 40);
        assert_eq!(channels.stretch(80, 30), 20);
        assert_eq!(channels.stretch(85, 30), 15);
        assert_eq!(channels.stretch(85, 3), 3);
        assert_eq!(channels.stretch(60, 19), 19);
        assert_eq!(Cuts::Anywhere.stretch(7, 30), 30);
    }
}
