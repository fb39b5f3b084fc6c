namespace Granary.Simulation.Plugins;

/// <summary>Compiles C# files that batches carry. It loads and runs nothing.</summary>
public interface ICodeCompiler
{
    /// <summary>Name and version of the compiler and of the language.</summary>
    string Version { get; }

    /// <summary>Compiles a source into an assembly of its own.</summary>
    CompiledCode Compile(CodeSource source, CancellationToken cancellationToken = default);

    /// <summary>Returns the names that may stand at a position, in alphabetical order.</summary>
    /// <param name="position">Number of UTF-16 units before the cursor, from 0 to the length of the text.</param>
    IReadOnlyList<CompletionItem> Complete(CodeSource source, int position, CancellationToken cancellationToken = default);
}
