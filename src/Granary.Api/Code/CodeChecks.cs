using System.Text.Json.Nodes;
using Granary.Contracts.Catalogues;
using Granary.Contracts.Code;
using Granary.Engine;
using Granary.Server.Catalogues;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Plugins;
using Granary.Simulation.StrategyFiles;

namespace Granary.Api.Code;

/// <summary>Compiles a strategy file and lists what is in it.</summary>
internal static class CodeChecks
{
    /// <summary>Code of a message that is not the compiler's.</summary>
    private const string Own = "GR0002";

    public static CodeCheckAnswer Of(GranaryCatalogues known, CodeSource source, CancellationToken cancellationToken)
    {
        var compiler = known.Compiler!;
        List<CodeMessage> messages = [.. compiler.Compile(source, cancellationToken).Diagnostics.Select(d => new CodeMessage(d.Line,
            d.Column, d.Severity == CodeSeverity.Error ? "error" : "warning", d.Id, d.Message))];
        IReadOnlyList<CatalogueItem> strategies = [];
        JsonObject? settings = null;
        try
        {
            settings = JsonNode.Parse(StrategyFileSettings.Read(source).ToJson())!.AsObject();
        }
        catch (InputException e)
        {
            messages.Insert(0, new CodeMessage(Math.Max(1, e.Line), 1, "error", Own, e.Message));
        }
        if (messages.TrueForAll(m => m.Severity != "error"))
            try
            {
                var catalogues = known.WithCode([source]);
                var names = catalogues.Plugins[^1].Names("strategy");
                strategies = [.. names.Select(catalogues.Strategies.Get).Select(d =>
                    new CatalogueItem(d.Name, d.Summary, CatalogueItems.ParametersOf(d.Parameters)))];
            }
            catch (InputException e)
            {
                messages.Insert(0, new CodeMessage(1, 1, "error", Own, e.Message));
            }
        return new CodeCheckAnswer(compiler.Version, messages, strategies, settings);
    }
}
