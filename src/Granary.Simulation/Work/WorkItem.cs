namespace Granary.Simulation.Work;

/// <summary>A part of a job that any process can do which has read the job's text.</summary>
/// <param name="Key">
/// Text of all inputs that determine the result. A process with other bars or a different build has a different key.
/// </param>
internal abstract record WorkItem(string Key);

/// <summary>The result of a <see cref="WorkItem"/>, bit-identical in every process.</summary>
internal abstract record WorkResult;
