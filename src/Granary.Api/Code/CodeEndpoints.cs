using System.Text;
using Granary.Api.Access;
using Granary.Api.Problems;
using Granary.Contracts.Code;
using Granary.Engine;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Plugins;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Code;

/// <summary>Strategies in one C# file, for an editor: messages of the compiler, suggestions, an example. The server keeps no file.</summary>
internal static class CodeEndpoints
{
    /// <summary>Longest source, bytes of UTF-8.</summary>
    private const int Longest = 1 << 20;

    public static void Map(IEndpointRouteBuilder api)
    {
        var code = api.MapGroup("/code").WithTags("Code").ProducesProblem(401).ProducesProblem(403)
            .RequireAuthorization(RolePolicies.Submitter).AddEndpointFilter(async (call, next) =>
                call.HttpContext.RequestServices.GetRequiredService<CodeRight>().RefusalOf(call.HttpContext.User) is { } refusal
                    ? CodeRight.Refuse(refusal) : await next(call).ConfigureAwait(false));
        code.MapGet("/example", () => TypedResults.Ok(new StrategyFile("Idea.cs", Example))).WithName("getCodeExample")
            .WithSummary("A strategy in one C# file to begin with.");
        code.MapPost("/check", async (StrategyFile file, GranaryCatalogues known, CodeTurns turns, CancellationToken stop) =>
                IsTooLong(file.Source) ? TooLong() : TypedResults.Ok(await turns.RunAsync(
                    end => CodeChecks.Of(known, SourceOf(file.Name, file.Source), end), stop).ConfigureAwait(false)))
            .WithName("checkCode").WithSummary("Compile a strategy file without running it.")
            .WithDescription("The answer has the compiler's messages with line and column, and the class of the file with the type, default "
                + "and range of each parameter. A file with errors is answered with 200 too.")
            .WithMetadata(new ReadOnlyOperation()).Produces<CodeCheckAnswer>().ProducesProblem(400).ProducesProblem(413);
        code.MapPost("/complete", async (StrategyFilePosition at, GranaryCatalogues known, CodeTurns turns, CancellationToken stop) =>
                IsTooLong(at.Source) ? TooLong() : TypedResults.Ok(await turns.RunAsync(end => At(known, at, end), stop)
                    .ConfigureAwait(false)))
            .WithName("completeCode").WithSummary("What may stand at a position of a strategy file.")
            .WithDescription("Members, names in scope, methods to override, and within Use(\"…\") factors and their lines.")
            .WithMetadata(new ReadOnlyOperation()).Produces<CodeSuggestions>().ProducesProblem(400).ProducesProblem(413);
    }
}
