namespace Granary.Simulated.Kernel;

/// <summary>A part of the product with its surroundings, which a seed drives.</summary>
internal interface IScenario
{
    /// <summary>As the command line names it.</summary>
    string Name { get; }

    /// <summary>Of 40 seeds, how many are of this scenario.</summary>
    int Share { get; }

    /// <summary>Simulated time after which a run that has not ended is a failure.</summary>
    TimeSpan Limit { get; }

    /// <summary>Makes what all runs share; on the main thread, before a run.</summary>
    void Prepare()
    {
    }

    /// <summary>Runs until the demands have been checked; an unmet one is an <see cref="OracleException"/>.</summary>
    Task RunAsync(World world);
}
