namespace Granary.Cluster.Grains.Telemetry;

/// <summary>Work of a lost silo that another silo takes over.</summary>
internal enum LostWork
{
    /// <summary>A group of strategies, which begins again.</summary>
    StrategyGroup,

    /// <summary>A running batch or other job, which continues from its folder.</summary>
    Batch,

    /// <summary>A live session, which continues from its journal.</summary>
    Session,

    /// <summary>A feed whose readers on other silos continue from another activation.</summary>
    Feed,
}
