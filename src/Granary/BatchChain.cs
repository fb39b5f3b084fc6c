namespace Granary;

/// <summary>The keys of a batch's <c>data.instruments.chain</c>.</summary>
public sealed record BatchChain
{
    /// <summary>The contracts: names of the source, or patterns such as "ES*", whose * stands for the month and the year.</summary>
    public required IReadOnlyList<string> Contracts { get; init; }

    /// <summary>A table of contract,expiry and optional first_notice, a line for each contract.</summary>
    public string? Expiries { get; init; }

    /// <summary>Letters of the months that are held, such as "GJMQZ".</summary>
    public string? Months { get; init; }

    /// <summary>Says when the next contract follows: Rolls.</summary>
    public BatchRoll? Roll { get; init; }

    /// <summary>
    /// Prices that strategies see: none has the gaps of rolls, difference leaves them out, ratio leaves them out in percent; default
    /// <c>none</c>.
    /// </summary>
    public string? Adjust { get; init; }

    /// <summary>1 for the first contract, 2 for the one behind it; default <c>1</c>.</summary>
    public int? Depth { get; init; }
}
