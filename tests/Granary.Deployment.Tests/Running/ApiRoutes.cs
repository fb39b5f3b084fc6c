using Granary.Api;
using Granary.Api.Hosting;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Granary.Deployment.Tests.Running;

/// <summary>The paths that the API really serves.</summary>
internal static class ApiRoutes
{
    public static async Task<IReadOnlyList<string>> GetAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGranaryApi(new ApiSettings(), TestCatalogues.All);
        builder.Services.AddLocalJobs(Path.Combine(Path.GetTempPath(), "granary-routes"), _ => new NoRunner());
        await using var app = builder.Build();
        app.UseGranaryApi();
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(d => d.Endpoints).OfType<RouteEndpoint>()
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'))];
    }

    private sealed class NoRunner : IJobRunner
    {
        public Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
            CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
