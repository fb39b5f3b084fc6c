namespace Granary;

/// <summary>The keys of a batch's <c>learning.retrain</c>.</summary>
public sealed record BatchRetrain
{
    /// <summary>Closed trades of the strategy's own account between two trainings.</summary>
    public int? Trades { get; init; }

    /// <summary>Days between two trainings.</summary>
    public int? Days { get; init; }

    /// <summary>Span such as 6h or 1d until a training takes effect.</summary>
    public string? Lateness { get; init; }

    /// <summary>Largest p-value that promotes.</summary>
    public double? Level { get; init; }

    /// <summary>The newest version that was not promoted predicts without acting.</summary>
    public bool? Challenger { get; init; }

    /// <summary>The key <c>expire</c>.</summary>
    public BatchExpire? Expire { get; init; }
}
