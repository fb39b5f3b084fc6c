using Granary.Contracts.Code;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Plugins;

namespace Granary.Api.Code;

/// <summary>Asks the compiler for the names at a position of a caller's text.</summary>
internal static class CodeSuggester
{
    public static CodeSuggestions At(GranaryCatalogues known, StrategyFilePosition at, CancellationToken cancellationToken)
    {
        var source = new CodeSource(at.Name, at.Source);
        // The compiler's text has no byte order mark, and lines end with LF. What a name replaces is on the line of the position.
        var position = CodeSource.Normalise(at.Source[..at.Position]).Length;
        var found = known.Compiler!.Complete(source, position, known.Factors, cancellationToken);
        return new CodeSuggestions(at.Position - (position - found.Start),
            [.. found.Items.Select(i => new CodeSuggestion(i.Label, i.Kind, i.Signature, i.Documentation, i.Insert))]);
    }
}
