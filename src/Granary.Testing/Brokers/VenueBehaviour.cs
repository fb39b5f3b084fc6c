namespace Granary.Testing.Brokers;

/// <summary>The behaviour of the venue behind a broker in a contract test.</summary>
public enum VenueBehaviour
{
    /// <summary>It answers every call and fills whole orders.</summary>
    Reliable,

    /// <summary>Every order fills in at least two parts, which come with different calls of
    /// <c>TradeAsync</c>.</summary>
    FillsInParts,

    /// <summary>Some submissions get no answer. A part of those orders has arrived.</summary>
    LosesAnswers,
}
