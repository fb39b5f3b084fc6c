using System.Globalization;
using System.Threading.RateLimiting;
using Granary.Api.Access;
using Granary.Api.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Limits;

/// <summary>Rate limits of each caller. The user of a loopback server without keys has no limits.</summary>
internal sealed class CallerLimits : IDisposable
{
    /// <summary>The policy of streams of events.</summary>
    public const string Streams = "streams";

    private readonly ApiSettings _settings;
    private readonly PartitionedRateLimiter<HttpContext> _requests;

    public CallerLimits(ApiSettings settings)
    {
        _settings = settings;
        _requests = PartitionedRateLimiter.Create<HttpContext, string>(context => !settings.Authenticates
            ? RateLimitPartition.GetNoLimiter("") : RateLimitPartition.GetTokenBucketLimiter(NameOf(context), _ =>
                new TokenBucketRateLimiterOptions
                {
                    TokenLimit = 2 * settings.RequestsPerSecond,
                    TokensPerPeriod = settings.RequestsPerSecond,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    QueueLimit = 0,
                }));
    }

    public void Configure(RateLimiterOptions options)
    {
        options.GlobalLimiter = _requests;
        options.AddPolicy(Streams, context => !_settings.Authenticates ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetConcurrencyLimiter("streams " + NameOf(context), _ =>
                new ConcurrencyLimiterOptions { PermitLimit = _settings.MostStreams, QueueLimit = 0 }));
        options.OnRejected = async (rejected, _) =>
        {
            var context = rejected.HttpContext;
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, Math.Ceiling(after.TotalSeconds))
                : 5;
            context.Response.Headers.RetryAfter = wait.ToString("0", CultureInfo.InvariantCulture);
            var isStream = context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName == Streams;
            await Problem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "Too many requests", isStream
                ? $"'{NameOf(context)}' may have {_settings.MostStreams} streams open, or send {_settings.RequestsPerSecond} requests a "
                    + "second; close some, and try again after the time of Retry-After"
                : $"'{NameOf(context)}' may send {_settings.RequestsPerSecond} requests a second; try again after the time of Retry-After")
                .ConfigureAwait(false);
        };
    }

    /// <summary>Adds the caller's remaining quota to an answer; adds nothing if the caller has no limit.</summary>
    public void AddHeaders(HttpContext context)
    {
        if (!_settings.Authenticates || context.User.Identity?.IsAuthenticated != true || _requests.GetStatistics(context) is not { } now)
            return;
        context.Response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture,
            $"\"requests\";q={2 * _settings.RequestsPerSecond};w=2");
        context.Response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture,
            $"\"requests\";r={now.CurrentAvailablePermits};t=1");
    }

    public void Dispose() => _requests.Dispose();

    // Callers without a valid key share the limit of their address.
    private static string NameOf(HttpContext context) => context.User.Identity?.IsAuthenticated == true
        ? RolePolicies.NameOf(context.User) : $"{context.Connection.RemoteIpAddress}";
}
