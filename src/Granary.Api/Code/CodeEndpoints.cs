using System.Text;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Contracts.Code;
using Granary.Engine;
using Granary.Server.Access;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Plugins;
using Granary.Simulation.StrategyFiles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Code;

/// <summary>
/// Strategies in one C# file, for an editor: messages of the compiler, suggestions, an example. The server keeps no file.
/// </summary>
internal static class CodeEndpoints
{
    /// <summary>The file samples/Idea.cs, as it is in this assembly.</summary>
    private const string ExampleName = "Idea.cs";

    private static readonly Lazy<string> s_example = new(ReadExample);

    public static void Map(IEndpointRouteBuilder api)
    {
        var code = api.MapGroup("/code").WithTags("Code").ProducesProblem(401).ProducesProblem(403)
            .RequireAuthorization(RolePolicies.Submitter).AddEndpointFilter(async (call, next) =>
                call.HttpContext.RequestServices.GetRequiredService<CodeRight>().RefusalOf(RolePolicies.CallerOf(call.HttpContext.User))
                    is { } refusal ? throw new NotAllowedException(refusal) : await next(call).ConfigureAwait(false));
        code.MapGet("/example", () => TypedResults.Ok(new StrategyFile(ExampleName, s_example.Value))).WithName("getCodeExample")
            .WithSummary("A strategy in one C# file to begin with.");
        code.MapPost("/check", async (StrategyFile file, GranaryCatalogues known, CodeTurns turns, CancellationToken stop) =>
                IsTooLong(file.Name, file.Source) ? TooLong() : TypedResults.Ok(await turns.RunAsync(
                    end => Task.FromResult(CodeChecks.Of(known, new CodeSource(file.Name, file.Source), end)), stop).ConfigureAwait(false)))
            .WithName("checkCode").WithSummary("Compile a strategy file without running it.")
            .WithDescription("The answer has the compiler's messages with line and column, and the class of the file with the type, "
                + "default and range of each parameter. A file with errors is answered with 200 too.")
            .WithMetadata(new ReadOnlyOperation()).Produces<CodeCheckAnswer>().ProducesProblem(400).ProducesProblem(413);
        code.MapPost("/batch", async (StrategyFileRun run, GranaryCatalogues known, CodeTurns turns, ApiSettings settings,
                CancellationToken stop) => IsTooLong(run.Name, run.Source) ? TooLong() : TypedResults.Bytes(await turns.RunAsync(
                    end => BatchAsync(known, run, settings.PlaceOf().KeptFolder, end), stop).ConfigureAwait(false), "application/json"))
            .WithName("makeCodeBatch").WithSummary("The text of a batch that runs a strategy file, as POST /batches takes it.")
            .WithDescription("The batch has the settings of the file's comment granary: with the values of the request. The server "
                + "creates the strategy once, which runs its constructor.")
            .WithMetadata(new ReadOnlyOperation()).Produces<object>().ProducesProblem(400).ProducesProblem(413);
        code.MapPost("/complete", async (StrategyFilePosition at, GranaryCatalogues known, CodeTurns turns, CancellationToken stop) =>
                IsTooLong(at.Name, at.Source) ? TooLong() : TypedResults.Ok(await turns.RunAsync(
                    end => Task.FromResult(At(known, at, end)), stop)
                    .ConfigureAwait(false)))
            .WithName("completeCode").WithSummary("What may stand at a position of a strategy file.")
            .WithDescription("Members, names in scope, methods to override, and within Use(\"…\") factors and their lines.")
            .WithMetadata(new ReadOnlyOperation()).Produces<CodeSuggestions>().ProducesProblem(400).ProducesProblem(413);
    }

    private static async Task<byte[]> BatchAsync(GranaryCatalogues known, StrategyFileRun run, string folder,
        CancellationToken cancellationToken)
    {
        var made = await new StrategyFileReader(known).MakeAsync(new CodeSource(run.Name, run.Source), folder, new StrategyFileOptions
        {
            Source = run.Data,
            Symbols = run.Symbols ?? [],
            Timeframe = run.Timeframe,
            Class = run.Class,
            Parameters = [.. (run.Values ?? new Dictionary<string, string>()).Select(v => $"{v.Key}={v.Value}")],
            Folder = folder,
        }, cancellationToken).ConfigureAwait(false);
        return made.Spec.Text;
    }

    private static CodeSuggestions At(GranaryCatalogues known, StrategyFilePosition at, CancellationToken cancellationToken)
    {
        if (at.Position < 0 || at.Position > at.Source.Length)
            throw new InputException($"position {at.Position} is not in the source, which has {at.Source.Length} UTF-16 units");
        return CodeSuggester.At(known, at, cancellationToken);
    }

    private static string ReadExample()
    {
        using var reader = new StreamReader(typeof(CodeEndpoints).Assembly.GetManifestResourceStream(ExampleName)!, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // The framework leaves a missing text null.
    private static bool IsTooLong(string? name, string? source) => name is null || source is null
        ? throw new InputException($"'{(name is null ? "name" : "source")}' is missing: send {{ \"name\": \"Idea.cs\", "
            + "\"source\": \"…\" }")
        : Encoding.UTF8.GetByteCount(source) > CodeSource.MostBytes;

    private static IResult TooLong() => Problem.Of(StatusCodes.Status413PayloadTooLarge, "Too large",
        $"a strategy file may have at most {CodeSource.MostBytes} bytes; put longer code into a plug-in");
}
