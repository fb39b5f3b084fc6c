namespace Granary.Engine.Portfolio;

/// <summary>Source of strategy weights that change over time.</summary>
internal interface IWeightSource
{
    /// <summary>The time at which the account begins, UTC ticks; null if no strategy ever has a weight.</summary>
    long? First { get; }

    /// <summary>A strategy's weight at a time, UTC ticks.</summary>
    double At(int strategy, long time);

    /// <summary>The sum of all weights at a time, UTC ticks.</summary>
    double SumAt(long time);

    /// <summary>Whether a strategy ever has a weight.</summary>
    bool IsMember(int strategy);
}
