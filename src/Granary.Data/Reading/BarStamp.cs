using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Meaning of the times in a file.</summary>
public enum BarStamp
{
    /// <summary>Each bar is stamped with its open.</summary>
    Open,

    /// <summary>Each bar is stamped with its close; dates without a time still name the bar's (last) day.</summary>
    Close,
}
