using Granary.Engine.Catalogues;

namespace Granary.Engine.Market.Chains;

/// <summary>The rule by which a chain changes to its next contract.</summary>
public enum RollBy
{
    /// <summary>Trading days before the expiry.</summary>
    Expiry,

    /// <summary>Trading days before the first notice day.</summary>
    [Word("firstNotice")]
    FirstNotice,

    /// <summary>A later contract has more volume on a day.</summary>
    Volume,

    /// <summary>A later contract has more open interest at the end of a day.</summary>
    [Word("openInterest")]
    OpenInterest,

    /// <summary>A day of the month, the last one before the expiry.</summary>
    Day,

    /// <summary>Dates of a file.</summary>
    Dates,
}
