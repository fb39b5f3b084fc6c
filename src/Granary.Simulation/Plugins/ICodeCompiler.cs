using Granary.Engine.Factors;

namespace Granary.Simulation.Plugins;

/// <summary>Compiles C# files that batches carry. It loads and runs nothing.</summary>
internal interface ICodeCompiler
{
    /// <summary>Name and version of the compiler and of the language.</summary>
    string Version { get; }

    /// <summary>Compiles a source into an assembly of its own.</summary>
    CompiledCode Compile(CodeSource source, CancellationToken cancellationToken = default);

    /// <summary>Returns the names that may stand at a position.</summary>
    /// <param name="position">Number of UTF-16 units before the cursor, from 0 to the length of the text.</param>
    /// <param name="factors">The factors that the source can use.</param>
    CompletionList Complete(CodeSource source, int position, FactorCatalogue factors, CancellationToken cancellationToken = default);
}
