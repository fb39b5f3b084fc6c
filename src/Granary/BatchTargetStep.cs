namespace Granary;

/// <summary>The keys of a batch's <c>strategies.takeProfitOverTime</c>.</summary>
public sealed record BatchTargetStep
{
    /// <summary>Time since the entry: 40m, 4h, 2d.</summary>
    public required string After { get; init; }

    /// <summary>Distance from the entry's fill price; 0 closes without a gain, less than 0 with a loss.</summary>
    public required double Percent { get; init; }
}
