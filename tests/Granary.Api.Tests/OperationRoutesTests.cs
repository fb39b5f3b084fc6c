using Granary.Api.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Tests;

/// <summary>Operations whose code is compiled by their first requests.</summary>
public sealed class OperationRoutesTests
{
    [Fact]
    public async Task An_operation_whose_parameters_cannot_be_read_is_found_before_any_request_of_it()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.OnGet("/wrong", (Body body) => body.Number);
        Should.Throw<InvalidOperationException>(() => EndpointsOf(app)).Message.ShouldContain("body");
    }

    [Fact]
    public async Task An_operation_is_described_as_one_of_the_framework()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        var handler = (int id, string? word) => TypedResults.Ok(word);
        app.OnPost("/ours/{id}", handler).WithName("ours");
        app.MapPost("/theirs/{id}", handler).WithName("theirs");
        var (ours, theirs) = (EndpointsOf(app).Single(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName == "ours"),
            EndpointsOf(app).Single(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName == "theirs"));
        ours.Metadata.Select(m => m.GetType().Name).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(theirs.Metadata.Select(m => m.GetType().Name).Distinct().Order(StringComparer.Ordinal));
        ours.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Select(p => (p.Name, p.IsOptional))
            .ShouldBe([("id", false), ("word", true)]);
        ours.Metadata.GetMetadata<IProducesResponseTypeMetadata>()!.Type.ShouldBe(typeof(string));
    }

    private sealed record Body(int Number);

    private static List<Endpoint> EndpointsOf(IEndpointRouteBuilder app) => [.. app.DataSources.SelectMany(d => d.Endpoints)];
}
