namespace ReleaseIntegrity.Tests.Normalisation.Formats;

public sealed class TimesTests
{
    private const TimeFormats All = (TimeFormats)127;

    [Theory]
    [InlineData(TimeFormats.Rfc3339, "2026-03-22T10:00:00Z", "2026-03-22T10:00:00Z")]
    [InlineData(TimeFormats.Rfc3339, "2018-10-11T13:53:21.859222576Z", "2018-10-11T13:53:21.8592225Z")]
    [InlineData(TimeFormats.Rfc3339, "2018-10-11t13:53:21.500+02:00", "2018-10-11T11:53:21.5Z")]
    [InlineData(TimeFormats.Rfc3339, "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z")]
    [InlineData(TimeFormats.OffsetWithoutColon, "2015-05-12T13:05:25.461-0700", "2015-05-12T20:05:25.461Z")]
    [InlineData(TimeFormats.Spaced, "2016-11-29 12:25:46", "2016-11-29T12:25:46Z")]
    [InlineData(TimeFormats.SpacedOffset, "2021-04-28 21:50:00 +0200", "2021-04-28T19:50:00Z")]
    [InlineData(TimeFormats.SpacedUtc, "2021-04-28 21:50:00 UTC", "2021-04-28T21:50:00Z")]
    [InlineData(TimeFormats.EpochSeconds, "1680501893", "2023-04-03T06:04:53Z")]
    [InlineData(TimeFormats.EpochSeconds, "1.417566161e+09", "2014-12-03T00:22:41Z")]
    [InlineData(TimeFormats.EpochMilliseconds, "1680501893123", "2023-04-03T06:04:53.123Z")]
    [InlineData(TimeFormats.EpochMilliseconds, "1680501893123.0", "2023-04-03T06:04:53.123Z")]
    public void Each_spelling_is_read_by_its_own_format_only(TimeFormats format, string text, string expected)
    {
        Assert.True(Times.TryParse(text, format, out DateTimeOffset time));
        Assert.Equal(expected, Times.Text(time));
        TimeFormats numbers = TimeFormats.EpochSeconds | TimeFormats.EpochMilliseconds;
        TimeFormats others = format <= TimeFormats.SpacedUtc ? All & ~format : All & ~numbers;
        Assert.False(Times.TryParse(text, others, out _));
    }

    [Theory]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("2026-03-22T24:00:00Z")]
    [InlineData("2026-03-22T10:00:00")]
    [InlineData("2026-03-22T10:00:00.Z")]
    [InlineData("2026-03-22T10:00:00+25:00")]
    [InlineData("2026-03-22")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("99999999999999999999")]
    [InlineData("1e30")]
    [InlineData("Dec 3, 2021, 6:02:13 PM")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_time_is_refused(string? text) =>
        Assert.False(Times.TryParse(text, All, out _));

    [Fact]
    public void The_zone_of_a_spaced_time_is_stated_by_the_format()
    {
        Assert.True(Times.TryParse("2016-11-29 12:25:46", TimeFormats.Spaced, out DateTimeOffset time, TimeSpan.FromHours(8)));
        Assert.Equal("2016-11-29T04:25:46Z", Times.Text(time));
    }

    [Theory]
    [InlineData("\"0001-01-01T00:00:00Z\"", Presence.Absent)]
    [InlineData("0", Presence.Absent)]
    [InlineData("\"0\"", Presence.Absent)]
    [InlineData("null", Presence.Empty)]
    [InlineData("\"\"", Presence.Empty)]
    [InlineData("\"1970-01-01T00:00:00Z\"", Presence.Value)]
    public void Zero_times_are_absent(string json, Presence expected)
    {
        using SourceDocument document = SourceDocument.Parse(Make.Json($$"""{"t":{{json}}}"""));

        Assert.Equal(expected, Times.Read(document.Root["t"], All).Presence);
        Assert.Equal(expected == Presence.Absent ? 0 : 1, new Readings().Time(Field.PromotionTime, document.Root["t"], All).ToList().Count);
    }
}
