namespace Granary.Simulation.LookAhead;

/// <summary>Kinds of findings in the code of a plug-in.</summary>
internal enum ReachKind
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
    /// <summary>Variables and properties of the machine, the process and its input and output.</summary>
    Environment,
    /// <summary>Random numbers without a seed.</summary>
    Randomness,
    /// <summary>Mutable static fields, which outlive a run.</summary>
    SharedState,
    /// <summary>Reflection, generated code, loaded assemblies.</summary>
    Reflection,
    /// <summary>Native code, and memory without bounds checks.</summary>
    Native,
    /// <summary>Threads, tasks and timers, whose order is not the bars'.</summary>
    Threads,
    /// <summary>A library that is neither Granary's nor .NET's.</summary>
    Library,
    /// <summary>Anything else that is not on the list of <see cref="ReachRules"/>.</summary>
    Unlisted,
}

/// <summary>A member that strategies, factors and rules of a plug-in may not use.</summary>
/// <param name="Plugin">Name of the plug-in's assembly.</param>
/// <param name="Member">The member or type that the class refers to, or its static field, as "Type.Member".</param>
internal sealed record CodeReach(string Plugin, ReachKind Kind, string Member)
{
    /// <summary>The class of the plug-in that uses the member; null for a static field and for the assembly itself.</summary>
    public string? Class { get; init; }

    /// <summary>The finding as a sentence.</summary>
    public string Sentence => Kind == ReachKind.SharedState && Class is null
        ? $"the static field {Member} can change and so carry values from one run to the next (use an instance field, or an immutable "
            + "or frozen collection)"
        : $"{Class ?? "it"} uses {Member}, which {Words}";

    private string Words => Kind switch
    {
        ReachKind.Files => "reaches files",
        ReachKind.Network => "reaches the network or a database",
        ReachKind.Processes => "reaches other processes",
        ReachKind.DataSource => "reaches Granary's data (put formats, sources, feeds and brokers into a DLL of their own)",
        ReachKind.Clock => "reaches the clock",
        ReachKind.Environment => "reaches the environment",
        ReachKind.Randomness => "reaches random numbers without a seed",
        ReachKind.Reflection => "reaches code by reflection",
        ReachKind.SharedState => "reaches shared state",
        ReachKind.Native => "reaches native code or memory",
        ReachKind.Threads => "reaches other threads",
        ReachKind.Library => "is of another library (put the code that is needed into the plug-in)",
        ReachKind.Unlisted => "is not among the members that strategies, factors and rules may use",
    };
}
