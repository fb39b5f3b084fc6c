using Granary.Api.Access;
using Granary.Contracts.Operations;
using Granary.Engine;
using Granary.Simulation.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Granary.Api.SignIn;

/// <summary>Endpoints by which a browser signs in and out.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder app, IEndpointRouteBuilder api, ApiSettings settings)
    {
        var access = api.MapGroup("").WithTags("Access");
        access.MapGet("/sign-in", () => TypedResults.Ok(new SignInAnswer(
                settings.SignIn?.ClientId is null ? null : ApiSettings.SignInPath, settings.Keys is not null)))
            .AllowAnonymous().WithName("getSignIn").WithSummary("The ways in which a browser can sign in.");
        access.MapPost("/sign-out", EndAsync).RequireAuthorization(RolePolicies.Viewer).WithName("signOut")
            .WithSummary("End the session of the browser on all silos. The answer has the address that ends it at the issuer too.")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        if (settings.SignIn?.ClientId is not null)
            app.MapGet(ApiSettings.SignInPath, BeginAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task BeginAsync(HttpContext context, Issuer issuer, string? @return = null, bool again = false)
    {
        if (!context.Request.IsHttps && !ListenAddresses.IsLoopback(context.Request.Host.Host))
        {
            await SignInPages.WriteAsync(context, StatusCodes.Status400BadRequest, "Sign-in needs https",
                $"the request came over http to {context.Request.Host}, where others could read the session; open the https address, or "
                    + "name the reverse proxy with --trusted-proxies and let it send X-Forwarded-Proto",
                again: false).ConfigureAwait(false);
            return;
        }
        try
        {
            await issuer.ReadAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (ServiceUnavailableException e)
        {
            context.Response.Headers.RetryAfter = "5";
            await SignInPages.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "Sign-in is not available now", e.Message,
                again: false).ConfigureAwait(false);
            return;
        }
        var properties = new OpenIdConnectChallengeProperties { RedirectUri = LocalPath(@return) };
        if (again) properties.Prompt = "login";
        await context.ChallengeAsync(SignInSchemes.Issuer, properties).ConfigureAwait(false);
    }

    /// <summary>The path of this server to which a sign-in returns; the dashboard for an address of a different server.</summary>
    internal static string LocalPath(string? path) => path is ['/', ..] && !path.Any(char.IsControl) && RedirectHttpResult.IsLocalUrl(path)
        && !new PathString(path.Split('?', '#')[0]).StartsWithSegments(ApiSettings.SignInPath, StringComparison.OrdinalIgnoreCase)
        ? path : "/";

    private static async Task<Ok<SignOutAnswer>> EndAsync(HttpContext context, ApiSettings settings)
    {
        if (settings.SignIn?.ClientId is not { } client
            || await context.AuthenticateAsync(SignInSchemes.Session).ConfigureAwait(false) is not { Succeeded: true } session)
            throw new InputException("the request has no session of a browser; a key or token ends at its issuer");
        await context.SignOutAsync(SignInSchemes.Session).ConfigureAwait(false);
        var url = await EndAtIssuerAsync(context, client, session.Properties.GetTokenValue(OpenIdConnectParameterNames.IdToken))
            .ConfigureAwait(false);
        return TypedResults.Ok(new SignOutAnswer(url));
    }

    // Without an answer of the issuer, the person is signed out here only.
    private static async Task<string> EndAtIssuerAsync(HttpContext context, string client, string? identity)
    {
        try
        {
            var issuer = await context.RequestServices.GetRequiredService<Issuer>().ReadAsync(context.RequestAborted).ConfigureAwait(false);
            if (string.IsNullOrEmpty(issuer.EndSessionEndpoint)) return "/";
            return new OpenIdConnectMessage
            {
                IssuerAddress = issuer.EndSessionEndpoint,
                ClientId = client,
                IdTokenHint = identity,
                PostLogoutRedirectUri = $"{context.Request.Scheme}://{context.Request.Host}/",
            }.CreateLogoutRequestUrl();
        }
        catch (ServiceUnavailableException)
        {
            return "/";
        }
    }
}
