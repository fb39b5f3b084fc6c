using Granary.Api.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Api.SignIn;

/// <summary>The steps of a sign-in: the session gets name and role only, and a failure is a page.</summary>
internal sealed partial class SignInEvents(SignInSettings settings, Issuer issuer) : OpenIdConnectEvents
{
    private const int LongestReason = 500;

    public override Task TokenValidated(TokenValidatedContext context)
    {
        var caller = IssuedClaims.CallerOf(context.Principal!, settings);
        var logger = context.HttpContext.RequestServices.GetRequiredService<ILogger<SignInEvents>>();
        if (caller is null || RolePolicies.RoleNameOf(caller) is not { } role)
        {
            var (name, why) = (caller?.Identity?.Name ?? "a person without a name", IssuedClaims.WhyNone(context.Principal!, settings));
            Refused(logger, name, why);
            context.HandleResponse();
            return SignInPages.WriteAsync(context.HttpContext, StatusCodes.Status403Forbidden, "No role here",
                $"{issuer.Name} knows you as {name}, but you have no role here: {why}. Ask the operator of this server for a role");
        }
        SignedIn(logger, caller.Identity!.Name!, role);
        context.Principal = caller;
        SessionRenewal.Keep(context.Properties!, context.TokenEndpointResponse!,
            context.Options.TimeProvider!.GetUtcNow() + SessionRenewal.Every);
        return Task.CompletedTask;
    }

    public override Task AccessDenied(AccessDeniedContext context)
    {
        context.HandleResponse();
        return SignInPages.WriteAsync(context.HttpContext, StatusCodes.Status403Forbidden, "Sign-in was refused",
            $"{issuer.Name} refused the sign-in, or it was cancelled");
    }

    public override Task RemoteFailure(RemoteFailureContext context)
    {
        context.HandleResponse();
        Failed(context.HttpContext.RequestServices.GetRequiredService<ILogger<SignInEvents>>(),
            IssuedClaims.Printable(context.Failure?.Message ?? "", LongestReason));
        var (status, title, sentence) = context.Failure switch
        {
            HttpRequestException or TaskCanceledException => (StatusCodes.Status503ServiceUnavailable, "Sign-in is not available now",
                $"{issuer.Name} does not answer; try again"),
            SecurityTokenSignatureKeyNotFoundException => (StatusCodes.Status503ServiceUnavailable, "Sign-in is not available now",
                $"{issuer.Name} has a new signing key, which this server reads now; try again"),
            _ => (StatusCodes.Status400BadRequest, "Sign-in failed",
                "this answer of the issuer is used already, too old, or not for this browser; sign in again, and allow cookies"),
        };
        return SignInPages.WriteAsync(context.HttpContext, status, title, sentence);
    }

    [LoggerMessage(1, LogLevel.Information, "{Person} signed in with the role {Role}")]
    private static partial void SignedIn(ILogger logger, string person, string role);

    [LoggerMessage(2, LogLevel.Warning, "{Person} may not sign in: {Reason}")]
    private static partial void Refused(ILogger logger, string person, string reason);

    [LoggerMessage(3, LogLevel.Warning, "A sign-in failed: {Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
