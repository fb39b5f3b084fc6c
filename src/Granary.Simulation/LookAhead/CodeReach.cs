namespace Granary.Simulation.LookAhead;

/// <summary>Kinds of data beyond a strategy's bars that code can reach.</summary>
public enum ReachKind
{
    /// <summary>Files and folders.</summary>
    Files,
    /// <summary>Sockets, HTTP, databases.</summary>
    Network,
    /// <summary>Other processes.</summary>
    Processes,
    /// <summary>Bars or runs, through Granary's own readers.</summary>
    DataSource,
    /// <summary>The time of day, or elapsed time.</summary>
    Clock,
    /// <summary>Variables and properties of the machine, the process and its input.</summary>
    Environment,
    /// <summary>Random numbers without a seed.</summary>
    Randomness,
    /// <summary>Mutable static fields, which outlive a run.</summary>
    SharedState,
    /// <summary>Reflection, generated code, loaded assemblies.</summary>
    Reflection,
    /// <summary>Native code, and memory without bounds checks.</summary>
    Native,
}

/// <summary>A member with which a plug-in can reach data beyond its strategies' bars.</summary>
/// <param name="Plugin">Name of the plug-in's assembly.</param>
/// <param name="Member">The member that the assembly refers to, or its static field, as "Type.Member".</param>
public sealed record CodeReach(string Plugin, ReachKind Kind, string Member)
{
    /// <summary>The finding as a sentence.</summary>
    public string Sentence => Kind == ReachKind.SharedState
        ? $"the static field {Member} can change and so carry values from one run to the next (use an instance field, or an immutable "
            + "or frozen collection)"
        : $"it uses {Member}, which reaches {Words}";

    private string Words => Kind switch
    {
        ReachKind.Files => "files",
        ReachKind.Network => "the network or a database",
        ReachKind.Processes => "other processes",
        ReachKind.DataSource => "Granary's data",
        ReachKind.Clock => "the clock",
        ReachKind.Environment => "the environment",
        ReachKind.Randomness => "random numbers without a seed",
        ReachKind.Reflection => "code by reflection",
        ReachKind.SharedState => "shared state",
        ReachKind.Native => "native code or memory",
    };
}
