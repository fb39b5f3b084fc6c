namespace Granary;

/// <summary>The keys of a batch's <c>learning.apply</c>.</summary>
public sealed record BatchApply
{
    /// <summary><c>gate</c>, <c>veto</c>, <c>size</c>, <c>stop</c>, <c>minimum-return</c>, <c>limit</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>Gate.</summary>
    public double? BuyAbove { get; init; }

    /// <summary>Gate.</summary>
    public double? SellBelow { get; init; }

    /// <summary>Veto.</summary>
    public double? Below { get; init; }

    /// <summary>Size.</summary>
    public double? From { get; init; }

    /// <summary>Size.</summary>
    public double? Full { get; init; }

    /// <summary>Stop.</summary>
    public double? Multiple { get; init; }

    /// <summary>Stop.</summary>
    public int? Bars { get; init; }

    /// <summary>Minimum-return.</summary>
    public double? CostPercent { get; init; }

    /// <summary>Minimum-return.</summary>
    public double? MinimumPercent { get; init; }

    /// <summary>Limit.</summary>
    public double? LossPercent { get; init; }

    /// <summary>Limit.</summary>
    public double? MostPercent { get; init; }

    /// <summary>Limit: <c>portfolio</c>, <c>symbol</c>.</summary>
    public string? Of { get; init; }

    /// <summary>The section of which only this word is given.</summary>
    public static implicit operator BatchApply(string word) => new() { Rule = word };
}
