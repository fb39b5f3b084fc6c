namespace Granary.Simulation.Json;

/// <summary>
/// A file that the user wrote is wrong. Each fault is one sentence: file, line, field, remedy; several faults stand on lines of their own.
/// </summary>
public sealed class InputException : Exception
{
    public InputException(string message) : base(message) => Faults = [message];

    public InputException(string message, Exception inner) : base(message, inner) => Faults = [message];

    internal InputException(IReadOnlyList<string> faults) : base(string.Join('\n', faults)) => Faults = faults;

    /// <summary>One sentence each, in the order of the file.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Where in the file, as <c>strategies[0].class</c>; null where it is about none.</summary>
    internal string? Path { get; init; }

    internal int Line { get; init; }
}
