namespace Granary.Engine.Portfolio;

/// <summary>Where weights of strategies come from that change over time.</summary>
public interface IWeightSource
{
    /// <summary>The time from which on there is an account, UTC ticks; null where no strategy ever has a weight.</summary>
    long? First { get; }

    /// <summary>A strategy's weight at a time, UTC ticks.</summary>
    double At(int strategy, long time);

    /// <summary>Sum of all weights at a time, UTC ticks.</summary>
    double SumAt(long time);

    /// <summary>Whether a strategy ever has a weight.</summary>
    bool IsMember(int strategy);
}
