using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Simulation.RunFolders;
using ModelContextProtocol.Protocol;

namespace Granary.Assistants.Calls;

/// <summary>Adds to each answer what keeps an assistant from fooling itself: its trials, the luck bar, and the verdict of the run.</summary>
internal sealed class CallStanding(RunLibrary runs)
{
    public ValueTask AddToAsync(CallToolResult result, AssistantCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (result.IsError == true || call.Run is not { } run) return ValueTask.CompletedTask;
        var data = result.StructuredContent is { } had ? JsonNode.Parse(had.GetRawText())!.AsObject() : [];
        if (runs.ResultsOf(run.Id).Verdict is { } verdict)
        {
            data["verdict"] = new JsonObject
            {
                ["mayBeTraded"] = verdict.MayBeTraded,
                ["passed"] = verdict.Passed,
                ["checks"] = verdict.Checks,
            };
            result.Content.Add(new TextContentBlock { Text = VerdictText.Of(run.Id, verdict) });
        }
        result.StructuredContent = JsonSerializer.SerializeToElement(data);
        return ValueTask.CompletedTask;
    }
}
