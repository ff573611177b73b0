using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>Coordinates that mean others: <c>mirror.example/hub</c> → <c>docker.io</c>.</summary>
/// <param name="From">A registry host, or a host and path prefix.</param>
/// <param name="To">What it stands for.</param>
public sealed record CoordinateAlias(string From, string To)
{
    /// <summary>The reference under the alias, or null when it doesn't apply.</summary>
    public ImageReference? Apply(ImageReference image)
    {
        string coordinates = image.Coordinates;
        bool applies = coordinates.Length > From.Length
            && coordinates.StartsWith(From, StringComparison.Ordinal)
            && coordinates[From.Length] == '/';
        if (!applies)
        {
            return null;
        }

        string target = To + coordinates[From.Length..];
        int slash = target.IndexOf('/', StringComparison.Ordinal);
        return image with { Registry = target[..slash], Repository = target[(slash + 1)..] };
    }
}
