using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>What the times in a file stand for.</summary>
public enum BarStamp
{
    /// <summary>Each bar is stamped with its open.</summary>
    Open,

    /// <summary>Each bar is stamped with its close; bare dates name the bar's (last) day all the same.</summary>
    Close,
}
