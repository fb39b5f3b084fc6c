using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Application.Batches;
using Granary.Application.Hosting;
using Granary.Application.Json;
using Granary.Application.Learning;

namespace Granary.Cli.Commands;

/// <summary>The machine-learning life of a batch: train, evaluate, experiment.</summary>
internal static class LearningCommands
{
    private static readonly JsonSerializerOptions Json = new(Output.Json) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static Command Train() => Create("train", "Train the models of a batch, walk-forward, and register a version of each.",
        async (learn, batch, strategies, token) => await learn.TrainAsync(batch, strategies, null, token));

    public static Command Evaluate() => Create("evaluate", "Run every strategy with its model and without, out of sample.",
        async (learn, batch, strategies, token) => await learn.EvaluateAsync(batch, strategies, null, token));

    public static Command Experiment() => Create("experiment", "Compare trainers and labels on the same windows.",
        async (learn, batch, strategies, token) => await learn.ExperimentAsync(batch, strategies, null, token));

    private static Command Create(string name, string summary, Func<LearnBatch, BatchSpec, string, CancellationToken, Task<object>> work)
    {
        var file = new Argument<string>("BATCH.json") { Description = "a batch file with a \"learning\" section" };
        var strategies = new Option<string>("--strategies") { DefaultValueFactory = _ => "all", Description = "all, or how many of the first" };
        var threads = new Option<int>("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount };
        var json = new Option<bool>("--json");
        var command = new Command(name, summary) { file, strategies, threads, json };
        command.SetAction(async (call, token) =>
        {
            var count = call.GetValue(threads);
            if (count is < 1 or > 1024) throw new InputException($"--threads {count} is out of range: 1 … 1024");
            var learn = new LearnBatch(new EmbeddedHost(count), TimeProvider.System, count);
            var result = JsonSerializer.SerializeToElement(await work(learn, BatchReader.Read(call.GetValue(file)!), call.GetValue(strategies)!, token), Json);
            if (call.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(result, Json));
            else Print(result, "");
            return 0;
        });
        return command;
    }

    // Lists of records as tables, everything else as lines.
    private static void Print(JsonElement element, string title)
    {
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 && element[0].ValueKind == JsonValueKind.Object)
        {
            if (title.Length > 0) Console.WriteLine(title);
            string[] columns = [.. element[0].EnumerateObject().Where(p => p.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)).Select(p => p.Name)];
            Output.Table(columns, element.EnumerateArray().Select(row => columns.Select(c => row.TryGetProperty(c, out var v) ? v.ToString() : "").ToArray()));
            return;
        }
        if (element.ValueKind != JsonValueKind.Object)
        {
            Console.WriteLine($"{title}: {element}");
            return;
        }
        foreach (var property in element.EnumerateObject()) Print(property.Value, property.Name);
    }
}
