using Microsoft.IdentityModel.Tokens;

namespace Granary.Api.SignIn;

/// <summary>Why a token is refused, without the framework's codes.</summary>
internal static class TokenFaults
{
    public static string SentenceOf(Exception? fault, SignInSettings settings) => fault switch
    {
        SecurityTokenExpiredException => "it has expired; get a new one from the issuer",
        SecurityTokenNotYetValidException => "it is not valid yet; compare the clocks of issuer and server",
        SecurityTokenInvalidAudienceException => $"it is not for the audience {settings.Audience}; request it for that audience",
        SecurityTokenInvalidIssuerException => $"it is not of the issuer {settings.Authority}; get one from there",
        SecurityTokenSignatureKeyNotFoundException => "no key of the issuer has signed it; get a new one from the issuer",
        SecurityTokenNoExpirationException => "it has no expiry; let the issuer set one",
        SecurityTokenInvalidSignatureException or SecurityTokenInvalidAlgorithmException =>
            "its signature is not one of the issuer's; get a new one from the issuer",
        _ => "it is neither a key of this server nor a token of the issuer",
    };
}
